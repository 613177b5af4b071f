import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { drawImages } from './draw-images.js';
import type { ImageAnswer, ImageJob } from './image-job.js';

// The one program in reports: an ImageJob on stdin, an ImageAnswer on descriptor 3, as a preloaded module may print to
// stdout; an error on stderr with exit 1. The channel is there for its end alone: nobody wants images of a parent that
// was killed.
process.on('disconnect', () => process.exit(3));
// A listener of that event alone would keep this process alive.
process.channel?.unref();
const ANSWER = 3;
const job = JSON.parse(await text(process.stdin)) as ImageJob;
const answer: ImageAnswer = await drawImages(job);
writeFileSync(ANSWER, JSON.stringify(answer));
// What a preloaded module (NODE_OPTIONS) keeps running must not be waited for.
process.exit(0);
