import type { SkippedCase, Transport } from '../model/index.js';

/** Why a transport cannot run on this system; null when its descriptor lists the system. */
export function platformProblem(
  { name, platforms }: Pick<Transport, 'name' | 'platforms'>,
  platform: NodeJS.Platform,
): Omit<SkippedCase, 'caseId'> | null {
  if (platforms.includes(platform)) return null;
  return {
    code: 'ENOTSUP',
    reason: `${name} does not run on ${platform}; it lists ${platforms.join(', ')} (platforms). Run it there.`,
  };
}
