import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

interface CertificateAuthority {
  readonly cert: string;
  /** A certificate for `names`, such as `IP:127.0.0.1` and `DNS:localhost`. */
  issue(...names: readonly string[]): CertificateFiles;
}

/** A certificate authority whose PEM files are in the folder. */
export function createAuthority(folder: string): CertificateAuthority {
  const create = (name: string, args: readonly string[]): CertificateFiles => {
    const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
    const key = ['-newkey', 'ed25519', '-nodes', '-keyout', files.key];
    const subject = ['-subj', `/CN=${name}`, '-days', '2', '-out', files.cert];
    execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...args], { stdio: 'pipe' });
    return files;
  };
  // Python 3.13 verifies strictly, as RFC 5280 has it.
  const authority = create(`authority-${randomUUID()}`, ['-addext', 'keyUsage=critical,keyCertSign']);
  const signed = ['-CA', authority.cert, '-CAkey', authority.key, '-addext', 'basicConstraints=critical,CA:FALSE'];
  return {
    cert: authority.cert,
    issue: (...names) =>
      create(`certificate-${randomUUID()}`, [...signed, '-addext', `subjectAltName=${names.join(',')}`]),
  };
}
