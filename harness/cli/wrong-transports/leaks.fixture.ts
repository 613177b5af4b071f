import type { WrongTransport } from './wrong-transport.fixture.js';

/** Once in each peer, when its endpoint is opened. */
const onOpen = (code: string): Pick<WrongTransport, 'before' | 'seen'> => ({ before: code, seen: {} });
/** With every hundredth message that is sent, or received. */
const onSend = (code: string, every = 100): Pick<WrongTransport, 'onSend' | 'seen'> => ({
  onSend: `if (n % ${every} === ${every - 1}) { ${code} } return message;`,
  seen: {},
});
const onReceive = (code: string, every = 100): Pick<WrongTransport, 'onReceive' | 'seen'> => ({
  onReceive: `if (n % ${every} === ${every - 1}) { ${code} } receive(message);`,
  seen: {},
});

const STILL_RUNS = /^Left behind: the process \d+ \(.*sleep 61\), which was still running and was ended/;
const NAP = "'sleep', ['61']";

export const childrenLeft: readonly WrongTransport[] = [
  {
    name: 'detached-child',
    ...onOpen(`spawn(${NAP}, { detached: true, stdio: 'ignore' }).unref();`),
    leftBehind: STILL_RUNS,
  },
  { name: 'plain-child', ...onOpen(`spawn(${NAP}, { stdio: 'ignore' }).unref();`), leftBehind: STILL_RUNS },
  {
    name: 'child-without-environment',
    ...onOpen(`spawn('/bin/sleep', ['61'], { detached: true, stdio: 'ignore', env: {} }).unref();`),
    leftBehind: /\(\/bin\/sleep 61\), which was still running/,
  },
  {
    name: 'grandchild',
    ...onOpen("spawn('sh', ['-c', 'sleep 61 & exit 0'], { detached: true, stdio: 'ignore' }).unref();"),
    leftBehind: STILL_RUNS,
  },
  {
    name: 'child-of-a-new-session',
    ...onOpen("spawn('setsid', ['sh', '-c', 'exec sleep 61'], { stdio: 'ignore' }).unref();"),
    leftBehind: STILL_RUNS,
  },
  {
    name: 'child-that-holds-stderr',
    ...onOpen(`spawn(${NAP}, { detached: true, stdio: ['ignore', 'ignore', 'inherit'] }).unref();`),
    leftBehind: STILL_RUNS,
  },
  {
    name: 'child-of-a-send',
    ...onSend(`spawn(${NAP}, { detached: true, stdio: 'ignore' }).unref();`, 500),
    leftBehind: STILL_RUNS,
  },
  {
    name: 'child-of-a-receive',
    ...onReceive(`spawn(${NAP}, { detached: true, stdio: 'ignore' }).unref();`, 500),
    leftBehind: STILL_RUNS,
  },
  {
    name: 'child-of-close',
    seen: {},
    endpoint: `close: () => { spawn(${NAP}, { detached: true, stdio: 'ignore' }).unref(); return right.close(); },`,
    leftBehind: STILL_RUNS,
  },
  {
    name: 'child-with-an-abstract-name',
    ...onOpen(
      "const child = spawn(process.execPath, ['-e', " +
        "'require(\\'net\\').createServer().listen(\\'\\\\0ipcb-leak-\\' + process.pid, () => console.log(1)); " +
        "setTimeout(() => {}, 61000)'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] }); await " +
        "once(child.stdout, 'data'); child.stdout.unref(); child.unref();",
    ),
    leftBehind: /held the abstract socket @ipcb-leak-\d+ and was ended/,
  },
];

const IN_CWD = /files in the working directory: /;

export const filesLeft: readonly WrongTransport[] = [
  {
    name: 'log-in-cwd',
    ...onOpen("fs.writeFileSync('leak.log', 'x');"),
    leftBehind: /files in the working directory: leak\.log/,
  },
  { name: 'log-by-pid', ...onOpen("fs.writeFileSync(`leak-${process.pid}.log`, 'x');"), leftBehind: IN_CWD },
  {
    name: 'log-kept-open',
    ...onOpen("fs.openSync('leak-open.log', 'a');"),
    leftBehind: /files in the working directory: leak-open\.log/,
  },
  {
    name: 'folder-in-cwd',
    ...onOpen("fs.mkdirSync('leak.d', { recursive: true });"),
    leftBehind: /files in the working directory: leak\.d/,
  },
  {
    name: 'files-of-sends',
    ...onSend("fs.writeFileSync(`leak-${process.pid}-${n}`, '');"),
    leftBehind: /files in the working directory: leak-.* and 5 more/,
  },
  {
    name: 'file-of-a-receive',
    ...onReceive("fs.writeFileSync('leak-received', '');", 900),
    leftBehind: /leak-received/,
  },
  {
    name: 'file-of-close',
    seen: {},
    endpoint: "close: () => { fs.writeFileSync('leak-close', ''); return right.close(); },",
    leftBehind: /leak-close/,
  },
  {
    name: 'dot-file',
    ...onOpen("fs.writeFileSync('.leak', '');"),
    leftBehind: /files in the working directory: \.leak/,
  },
  {
    name: 'file-in-tmp',
    ...onOpen("fs.writeFileSync(`${process.env.TMPDIR}/leak-${process.pid}`, '');"),
    leftBehind: /files in TMPDIR: leak-/,
  },
  {
    name: 'socket-in-tmp',
    ...onOpen(
      'const server = createServer().listen(`${process.env.TMPDIR}/leak-${process.pid}.sock`); await ' +
        "once(server, 'listening'); server.unref(); " +
        'fs.renameSync(`${process.env.TMPDIR}/leak-${process.pid}.sock`, ' +
        '`${process.env.TMPDIR}/left-${process.pid}.sock`);',
    ),
    leftBehind: /files in TMPDIR: left-/,
  },
];

export const sharedMemoryLeft: readonly WrongTransport[] = [
  {
    name: 'shm-by-pid',
    ...onOpen("fs.writeFileSync(`/dev/shm/ipcb-leak-${process.pid}`, 'x');"),
    leftBehind: /entries of \/dev\/shm: ipcb-leak-\d+/,
  },
  {
    name: 'shm-of-one-name',
    ...onOpen("fs.writeFileSync('/dev/shm/ipcb-leak-fixed', 'x');"),
    leftBehind: /entries of \/dev\/shm: ipcb-leak-fixed/,
  },
  {
    name: 'shm-kept-open',
    ...onOpen("fs.openSync('/dev/shm/ipcb-leak-open', 'a');"),
    leftBehind: /entries of \/dev\/shm: ipcb-leak-open/,
  },
  {
    name: 'shm-of-sends',
    ...onSend("fs.writeFileSync(`/dev/shm/ipcb-leak-${process.pid}-${n}`, '');"),
    leftBehind: /entries of \/dev\/shm: .* and \d+ more/,
  },
  {
    name: 'shm-of-a-receive',
    ...onReceive("fs.writeFileSync(`/dev/shm/ipcb-leak-got-${process.pid}`, '');", 700),
    leftBehind: /entries of \/dev\/shm: ipcb-leak-got-/,
  },
  {
    name: 'shm-of-close',
    seen: {},
    endpoint:
      "close: () => { fs.writeFileSync(`/dev/shm/ipcb-leak-closed-${process.pid}`, ''); return right.close(); },",
    leftBehind: /entries of \/dev\/shm: ipcb-leak-closed-/,
  },
  {
    name: 'shm-by-time',
    ...onOpen("fs.writeFileSync(`/dev/shm/ipcb-leak-${Date.now()}-${Math.random()}`, 'x');"),
    leftBehind: /entries of \/dev\/shm: ipcb-leak-/,
  },
  {
    name: 'shm-folder',
    ...onOpen('fs.mkdirSync(`/dev/shm/ipcb-leak-d-${process.pid}`);'),
    leftBehind: /entries of \/dev\/shm: ipcb-leak-d-/,
  },
  {
    name: 'shm-and-cwd',
    ...onOpen("fs.writeFileSync(`/dev/shm/ipcb-leak-${process.pid}`, 'x'); fs.writeFileSync('leak-too', '');"),
    leftBehind: /files in the working directory: leak-too; entries of \/dev\/shm: ipcb-leak-/,
  },
  {
    name: 'queue',
    ...onOpen("fs.closeSync(fs.openSync(`/dev/mqueue/ipcb-leak-${process.pid}`, 'w'));"),
    leftBehind: /queues in \/dev\/mqueue: ipcb-leak-\d+/,
  },
];

const OF_SENDER = /descriptors that the (initiator|responder) opened in the exchange and did not close: /;
const opened = (kind: string): RegExp => new RegExp(`${OF_SENDER.source}.*${kind}`);

export const descriptorsLeft: readonly WrongTransport[] = [
  {
    name: 'file-every-hundred-sends',
    ...onSend("fs.openSync('/etc/passwd', 'r');"),
    leftBehind: opened('10 of /etc/passwd'),
  },
  {
    name: 'file-every-thousand-sends',
    ...onSend("fs.openSync('/etc/passwd', 'r');", 1000),
    leftBehind: opened('1 of /etc/passwd'),
  },
  {
    name: 'file-every-hundred-receives',
    ...onReceive("fs.openSync('/etc/passwd', 'r');"),
    leftBehind: opened('[78] of /etc/passwd'),
  },
  {
    name: 'file-once-late',
    ...onReceive("if (n > 900) fs.openSync('/etc/group', 'r');", 950),
    leftBehind: opened('1 of /etc/group'),
  },
  {
    name: 'socket-every-hundred-sends',
    top: 'const kept = [];',
    ...onSend(
      "const one = connect('/nowhere'); one.on('error', () => undefined); const server = " +
        "createServer().listen('\\0ipcb-' + process.pid + '-' + n); server.unref(); kept.push(server);",
    ),
    leftBehind: opened('\\d+ of socket'),
  },
  {
    name: 'datagram-socket-every-hundred-sends',
    top: "import { createSocket } from 'node:dgram'; const kept = [];",
    ...onSend("const one = createSocket('udp4').bind(); one.unref(); kept.push(one);"),
    leftBehind: opened('\\d+ of socket'),
  },
  {
    name: 'watcher-every-hundred-sends',
    top: 'const kept = [];',
    ...onSend("kept.push(fs.openSync('/proc/self/status', 'r'));"),
    leftBehind: opened('10 of /proc/\\d+/status'),
  },
  {
    name: 'directory-every-hundred-receives',
    top: 'const kept = [];',
    ...onReceive("kept.push(fs.opendirSync('/etc'));"),
    leftBehind: opened('[78] of /etc'),
  },
  {
    name: 'promised-file-every-hundred-sends',
    top: 'const kept = [];',
    ...onSend("void fs.promises.open('/etc/hosts').then((file) => kept.push(file));"),
    leftBehind: opened('\\d+ of /etc/hosts'),
  },
  {
    name: 'deleted-file-every-hundred-sends',
    ...onSend(
      "const path = `${process.env.TMPDIR}/gone-${process.pid}-${n}`; fs.openSync(path, 'w'); fs.unlinkSync(path);",
    ),
    leftBehind: opened('1 of .*gone-.* \\(deleted\\)'),
  },
];

/** What these open they close, or it was there before. */
export const tidy: readonly WrongTransport[] = [
  { name: 'tidy', seen: {} },
  {
    name: 'child-that-ends',
    ...onOpen("const child = spawn('true', { stdio: 'ignore' }); await once(child, 'exit');"),
  },
  { name: 'child-that-ends-soon', ...onOpen("spawn('sleep', ['0.3'], { detached: true, stdio: 'ignore' }).unref();") },
  {
    name: 'file-that-is-removed',
    ...onOpen("fs.writeFileSync('brief.log', ''); fs.rmSync('brief.log', { force: true });"),
  },
  {
    name: 'descriptor-opened-once-at-first',
    ...onReceive("if (n < 100) fs.openSync('/etc/passwd', 'r');", 1),
    onReceive: "if (n === 10) fs.openSync('/etc/passwd', 'r'); receive(message);",
  },
  { name: 'descriptor-of-each-send-closed', ...onSend("fs.closeSync(fs.openSync('/etc/passwd', 'r'));", 1) },
];
