import { defineSetting } from '../../harness/define.js';

/**
 * Below this a message has no room for a header: as much of the sequence number as fits, and a checksum's byte
 * (native/src/message.h).
 */
const HEADER_BYTES = 32;
const OF_A_HEADER = 'header, sequence number and length';

export const verify = defineSetting({
  name: 'verify',
  values: ['header', 'full'],
  default: 'header',
  help:
    'header: header, sequence, length, every cache line touched (below 32 bytes: what of the sequence number ' +
    'fits); full: every byte',
  appliesTo: () => true,
  notApplicable: 'Every case can be verified.',
  argv: (value) => ['--verify', value],
  method(value, { sizeBytes }) {
    if (value === 'full') return 'The receiver checked every byte of every message.';
    if (sizeBytes >= HEADER_BYTES)
      return `The receiver checked ${OF_A_HEADER} of every message and read every cache line of it.`;
    const what =
      sizeBytes < 2
        ? 'the lowest byte of the sequence number'
        : `the low ${Math.min(sizeBytes - 1, 8)} bytes of the sequence number and one byte of checksum`;
    return (
      `The receiver checked ${what} of every message: ${sizeBytes} bytes leave no room for ` +
      `the ${HEADER_BYTES}-byte header.`
    );
  },
});
