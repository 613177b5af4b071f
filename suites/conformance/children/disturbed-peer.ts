import { receiveNumbered, sendNumbered } from '../support/numbered-messages.js';

// One end of Node's channel, to be disturbed: writes numbered messages, or reads them and says at the end what they
// were.
const [role = '', count = '0'] = process.argv.slice(2);
const channel = process as Required<Pick<NodeJS.Process, 'send'>> & NodeJS.Process;
const messages = Number(count);

if (role === 'writer') {
  await sendNumbered(channel, messages);
  process.disconnect();
} else {
  const tally = receiveNumbered(channel);
  channel.send('ready');
  channel.on('message', () => {
    if (tally.received === messages) channel.send({ ...tally }, undefined, undefined, () => process.disconnect());
  });
}
