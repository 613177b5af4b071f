import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { drawImages } from './draw-images.js';
import type { ImageAnswer, ImageJob } from './image-job.js';

// The one program in reports: an ImageJob on stdin, an ImageAnswer on descriptor 3, as a preloaded module may print to stdout; an error on stderr with exit 1.
const ANSWER = 3;
const job = JSON.parse(await text(process.stdin)) as ImageJob;
const answer: ImageAnswer = await drawImages(job);
writeFileSync(ANSWER, JSON.stringify(answer));
// What a preloaded module (NODE_OPTIONS) keeps running must not be waited for.
process.exit(0);
