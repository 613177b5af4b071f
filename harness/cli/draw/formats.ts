import { textFormats, type TextFormatName } from '../../../reports/formats.js';

/** What `--format` takes: the summary on the terminal, images, and every format of reports/formats.ts. */
export type Format = 'terminal' | 'png' | TextFormatName;

export const FORMATS: readonly Format[] = ['terminal', 'png', ...(Object.keys(textFormats) as TextFormatName[])];
