import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCpuQuota } from './cgroup.js';
import { parseCpuList } from './cpu-list.js';
import { UNPINNED, place } from './place.js';
import type { CpuLocation } from './topology.js';

const at = (cpu: number, core: number | null, socket: number | null): CpuLocation => ({ cpu, core, socket });

test('same-cpu takes the last allowed CPU, which is not the one that takes the interrupts', () => {
  assert.equal(place('same-cpu', [at(0, 0, 0), at(1, 1, 0)]), {
    kind: 'placed',
    cpus: { initiator: 1, responder: 1, relation: 'same-cpu' },
  });
});

test('cross-cpu prefers another core of the same socket over a sibling thread and over another socket', () => {
  const cpus = [at(0, 0, 0), at(1, 1, 1), at(2, 1, 0), at(3, 2, 0), at(4, 2, 0)];
  assert.equal(place('cross-cpu', cpus), {
    kind: 'placed',
    cpus: { initiator: 2, responder: 4, relation: 'same-socket' },
  });
});

test('cross-cpu says when all it has are two threads of one core', () => {
  assert.equal(place('cross-cpu', [at(0, 0, 0), at(1, 0, 0)]), {
    kind: 'placed',
    cpus: { initiator: 0, responder: 1, relation: 'smt' },
  });
});

test('cores of equal number on two sockets are two cores', () => {
  assert.equal(place('cross-cpu', [at(0, 0, 0), at(8, 0, 1)]), {
    kind: 'placed',
    cpus: { initiator: 0, responder: 8, relation: 'cross-socket' },
  });
});

test('one allowed CPU makes cross-cpu impossible, with the way out', () => {
  const answer = place('cross-cpu', [at(3, 3, 0)]);
  assert.is(answer.kind, 'impossible');
  assert.match(answer.kind === 'impossible' ? answer.reason : '', /Only CPU 3.*--cpus/);
});

test('free pins nothing', () => {
  assert.equal(place('free', [at(0, 0, 0)]), {
    kind: 'placed',
    cpus: UNPINNED,
  });
});

test('lists of CPUs read as the kernel writes them', () => {
  assert.equal(parseCpuList('0-2,8\n'), [0, 1, 2, 8]);
  assert.equal(parseCpuList('3,1,1'), [1, 3]);
  for (const text of ['', 'a', '2-1', '1,', '-1', '0-99999999'])
    assert.throws(() => parseCpuList(text), /not a list of CPUs/);
});

const withFiles = (files: Readonly<Record<string, string>>, use: (root: string) => void): void => {
  const root = mkdtempSync(join(tmpdir(), 'q-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
};

test('the tightest quota on the way to the root holds', () => {
  withFiles(
    {
      'fs/cpu.max': 'max 100000\n',
      'fs/a/cpu.max': '150000 100000\n',
      'fs/a/b/cpu.max': '400000 100000\n',
      self: '0::/a/b\n',
    },
    (root) => {
      assert.is(readCpuQuota(join(root, 'fs'), join(root, 'self')), 1.5);
    },
  );
});

test('version 1 quotas read too, and -1 is no limit', () => {
  withFiles(
    {
      'fs/cpu,cpuacct/x/cpu.cfs_quota_us': '50000\n',
      'fs/cpu,cpuacct/x/cpu.cfs_period_us': '100000\n',
      'fs/cpu,cpuacct/cpu.cfs_quota_us': '-1\n',
      'fs/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
      self: '4:cpu,cpuacct:/x\n1:memory:/x\n',
    },
    (root) => {
      assert.is(readCpuQuota(join(root, 'fs'), join(root, 'self')), 0.5);
    },
  );
});

test('no cgroup, no quota', () => {
  assert.is(readCpuQuota('/nonexistent', '/nonexistent'), null);
});

test.run();
