import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { absenceOf, withoutProc } from './absent.js';

const failure = (code: string): Error => Object.assign(new Error(`${code}: socket`), { code });

test('what a system does not have is absent, by its own word', () => {
  for (const code of ['EPROTONOSUPPORT', 'EAFNOSUPPORT', 'ESOCKTNOSUPPORT', 'ENOSYS', 'ENETUNREACH'])
    assert.is(absenceOf(failure(code)), code);
});

test('what fails for another reason is not absent', () => {
  for (const other of [
    failure('EMFILE'),
    failure('ECONNREFUSED'),
    failure('EPERM'),
    new Error('ENOSYS'),
    'ENOSYS',
    null,
  ])
    assert.is(absenceOf(other), null);
});

test('a missing /proc is a reason to skip what failed, and one that is there is none', () => {
  assert.match(withoutProc('/nonexistent/self') ?? '', /^\/proc is not mounted/);
  assert.is(withoutProc('/'), null);
});

test.run();
