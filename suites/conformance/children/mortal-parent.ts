import { spawn, type SerializationType } from 'node:child_process';

// A parent to be killed, with a child that writes to the same stdout.
const [program = '', serialization = 'json'] = process.argv.slice(2);
spawn(process.execPath, [program], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  serialization: serialization as SerializationType,
});
