import * as assert from 'uvu/assert';
import { assertFails, assertRefuses, constants, suiteOf, sys, wrongly } from './sys.fixture.js';

const { O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK } = constants;
const test = suiteOf('file calls');

test('open makes a file of the mode it is given, once with O_EXCL', ({ path }) => {
  const before = sys.umask(0o027);
  try {
    sys.close(sys.open(path('file'), O_RDWR | O_CREAT | O_EXCL, 0o666));
    assert.is(sys.stat(path('file')).mode, S_IFREG | 0o640);
    assert.is(sys.umask(0o022), 0o027);
  } finally {
    sys.umask(before);
  }
  assertFails(() => sys.open(path('file'), O_RDWR | O_CREAT | O_EXCL), 'open', 'EEXIST');
  assertFails(() => sys.open(path('none'), O_RDONLY), 'open', 'ENOENT');
  assertRefuses(() => sys.open('a\0b', O_RDONLY), 'ERR_OUT_OF_RANGE', 'path');
});

test('a FIFO without a reader refuses a writer that would not wait', ({ path }) => {
  sys.mkfifo(path('fifo'), 0o600);
  assert.is(sys.stat(path('fifo')).mode, S_IFIFO | 0o600);
  assertFails(() => sys.mkfifo(path('fifo'), 0o600), 'mkfifo', 'EEXIST');
  assertFails(() => sys.open(path('fifo'), O_WRONLY | O_NONBLOCK), 'open', 'ENXIO');
  const reader = sys.open(path('fifo'), O_RDONLY | O_NONBLOCK);
  assert.is(sys.read(reader, 1).length, 0);
  const writer = sys.open(path('fifo'), O_WRONLY | O_NONBLOCK);
  assertFails(() => sys.read(reader, 1), 'read', 'EAGAIN');
  sys.close(writer);
  sys.close(reader);
});

test('mknod makes what its mode says', ({ path }) => {
  sys.mknod(path('socket'), S_IFSOCK | 0o600);
  assert.is(sys.stat(path('socket')).mode & S_IFMT, S_IFSOCK);
  assertFails(() => sys.mknod(path('socket'), S_IFSOCK), 'mknod', 'EEXIST');
  assertFails(() => sys.open(path('socket'), O_RDWR), 'open', 'ENXIO');
});

test('rename, link, symlink and unlink act on names', ({ path }) => {
  sys.mkfifo(path('a'), 0o600);
  const { ino } = sys.stat(path('a'));
  sys.link(path('a'), path('b'));
  assert.is(sys.stat(path('a')).nlink, 2);
  sys.rename(path('b'), path('c'));
  sys.symlink('c', path('d'));
  assert.is(sys.stat(path('d')).ino, ino);
  sys.unlink(path('c'));
  assertFails(() => sys.stat(path('d')), 'stat', 'ENOENT');
  assertFails(() => sys.unlink(path('c')), 'unlink', 'ENOENT');
  assertFails(() => sys.rename(path('c'), path('e')), 'rename', 'ENOENT');
  assertFails(() => sys.link(path('c'), path('e')), 'link', 'ENOENT');
  assertFails(() => sys.symlink('c', path('d')), 'symlink', 'EEXIST');
});

test('chmod and chown act on the path', ({ path }) => {
  sys.mkfifo(path('a'), 0o600);
  sys.chmod(path('a'), 0o642);
  assert.is(sys.stat(path('a')).mode & 0o777, 0o642);
  sys.chown(path('a'), -1, sys.getegid());
  assert.is(sys.stat(path('a')).gid, sys.getegid());
  assertFails(() => sys.chmod(path('b'), 0o600), 'chmod', 'ENOENT');
  assertFails(() => sys.chown(path('b'), -1, -1), 'chown', 'ENOENT');
  assertRefuses(() => wrongly['chmod']!(path('a'), '600'), 'ERR_INVALID_ARG_TYPE', 'mode');
  assertRefuses(() => sys.umask(0o1000), 'ERR_OUT_OF_RANGE', 'mask');
});

test.run();
