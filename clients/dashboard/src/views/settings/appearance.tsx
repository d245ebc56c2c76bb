import { changeSettings, type Settings, useSettings } from '../../api/settings.ts';
import { CheckField, SelectField } from '../../ui/field.tsx';
import styles from './settings.module.css';

/** What one person prefers, kept in this browser. */
export function Appearance() {
  const { theme, zone, density, singleKeys } = useSettings();
  return (
    <section className={styles.section} aria-labelledby="appearance">
      <h2 id="appearance">Appearance</h2>
      <p>Kept in this browser only.</p>
      <SelectField
        label="Theme"
        value={theme}
        onChange={({ target }) => changeSettings({ theme: target.value as Settings['theme'] })}
      >
        <option value="system">As the system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </SelectField>
      <SelectField
        label="Time zone"
        value={zone}
        onChange={({ target }) => changeSettings({ zone: target.value as Settings['zone'] })}
      >
        <option value="local">Local</option>
        <option value="utc">UTC</option>
      </SelectField>
      <SelectField
        label="Density"
        value={density}
        onChange={({ target }) => changeSettings({ density: target.value as Settings['density'] })}
      >
        <option value="normal">Normal</option>
        <option value="compact">Compact</option>
      </SelectField>
      <CheckField
        label="Keys without ctrl"
        hint="Such as g r for the runs. Turn them off if you use speech input."
        checked={singleKeys}
        onChange={({ target }) => changeSettings({ singleKeys: target.checked })}
      />
    </section>
  );
}
