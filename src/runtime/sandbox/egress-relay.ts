// Runs inside the sandbox and starts a program that may reach some hosts: node egress-relay.ts PORT SOCKET COMMAND...
// The sandbox has only a loopback device; what the program sends to PORT goes through SOCKET to the proxy outside.
// It imports only Node modules, because no other file of this server is mounted there.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { constants } from 'node:os';

const [port = '', socket = '', file = '', ...args] = process.argv.slice(2);

const server = createServer({ allowHalfOpen: true }, (inside) => {
  const outside = connect({ path: socket, allowHalfOpen: true });
  inside.on('error', () => outside.destroy());
  outside.on('error', () => inside.destroy());
  inside.pipe(outside).pipe(inside);
});

server.listen(Number(port), '127.0.0.1', () => {
  const program = spawn(file, args, { stdio: 'inherit' });
  program.once('error', () => process.exit(127));
  // Signals as shells report them; the sandbox ends with this process.
  program.once('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
});
