// test-deadline-s: 1800
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blowsOf, spellBlow } from './blows.js';
import { strike } from './strike.js';

const SEED = 20;
const COUNT = 20;

test(
  'after twenty signals at random moments nothing is left, every ' + 'report is whole, and every exit status right',
  async () => {
    const red: string[] = [];
    let struck = 0;
    for (const blow of blowsOf(SEED)) {
      if (struck === COUNT) break;
      const outcome = await strike(blow);
      if (outcome.type === 'missed') continue;
      struck += 1;
      if (outcome.complaints.length > 0) red.push(`${spellBlow(blow)}: ${outcome.complaints.join('; ')}`);
    }
    assert.equal(red, []);
    assert.is(struck, COUNT);
  },
);

test.run();
