import * as v from 'valibot';
import type { Transport } from '../model/index.js';

const platforms: readonly NodeJS.Platform[] = [
  'linux',
  'darwin',
  'win32',
  'freebsd',
  'openbsd',
  'sunos',
  'aix',
  'android',
  'netbsd',
  'haiku',
  'cygwin',
];
const name = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words of letters and digits joined by hyphens'),
);
const sentence = v.pipe(v.string(), v.minLength(1, 'a sentence'));
const bytesOrNone = v.nullable(
  v.pipe(v.number(), v.integer('a whole number of bytes'), v.minValue(1, 'at least 1 byte')),
);

const guarantees = v.strictObject({
  framing: v.picklist(['stream', 'message']),
  ordered: v.boolean(),
  reliable: v.boolean(),
  eof: v.boolean(),
  duplex: v.boolean(),
  atomicWriteBytes: bytesOrNone,
  maxMessageBytes: bytesOrNone,
  backpressure: v.picklist(['blocks', 'refuses', 'advises']),
});

const transport = v.strictObject({
  name,
  summary: sentence,
  platforms: v.pipe(v.array(v.picklist(platforms)), v.minLength(1, 'at least one platform')),
  guarantees,
  reference: v.optional(sentence),
  arrange: v.optional(v.function()),
  coreDrivers: v.optional(
    v.pipe(v.array(v.picklist(['native', 'addon'])), v.minLength(1, 'at least one driver, or no such member')),
  ),
  js: v.optional(v.strictObject({ topology: v.picklist(['spawned', 'forked']), open: v.function() })),
});

export type TransportFinding =
  | { readonly kind: 'transport'; readonly transport: Transport }
  /** `problem` continues a sentence whose subject is the module: "lacks the member 'name'". */
  | { readonly kind: 'problem'; readonly problem: string };

/**
 * Is this value a Transport? Unknown members are refused: a slip of the pen in an optional one would otherwise look
 * like success.
 */
export function parseTransport(value: unknown): TransportFinding {
  const parsed = v.safeParse(transport, value, { abortEarly: true });
  if (!parsed.success) return { kind: 'problem', problem: describeIssue(parsed.issues[0]) };
  const problem = contradictionOf(parsed.output);
  if (problem !== null) return { kind: 'problem', problem };
  return { kind: 'transport', transport: value as Transport };
}

type Parsed = v.InferOutput<typeof transport>;

const contradictionOf = (parsed: Parsed): string | null => {
  if (!parsed.coreDrivers && !parsed.js) return "has neither 'coreDrivers' nor 'js', so no driver can run it";
  if (parsed.coreDrivers && !parsed.arrange)
    return "has 'coreDrivers' but lacks the member 'arrange', which sets up the rendezvous";
  if (parsed.js?.topology === 'forked' && parsed.arrange) {
    return (
      "has both 'arrange' and js.topology 'forked': a forked responder inherits nothing from the harness, so " +
      'there is nothing to arrange'
    );
  }
  return null;
};

const describeIssue = (issue: v.BaseIssue<unknown>): string => {
  const member = v.getDotPath(issue);
  if (member === null) return `default-exports ${issue.received}, not a transport descriptor`;
  if (issue.expected === 'never') return `has the member '${member}', which is not a member of a transport descriptor`;
  if (issue.received === 'undefined') return `lacks the member '${member}'`;
  const expected = issue.kind === 'validation' ? issue.message : issue.expected;
  return `has a member '${member}' that must be ${expected ?? 'something else'}, but is ${issue.received}`;
};
