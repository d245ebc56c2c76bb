import { describePython } from './python-contract-for-tests.ts';
import { pythonEnginesForTests } from './python-engines-for-tests.ts';

for (const [name, open] of Object.entries(pythonEnginesForTests)) describePython(name, open);
