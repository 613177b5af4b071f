import type { Command } from 'commander';
import { drawSaved, readSaved, refuseFormats, refuseSameNames } from '../draw/draw-saved.js';
import { FORMATS, type Format } from '../draw/formats.js';
import { UserError } from '../../user-error.js';
import type { Invocation } from '../invocation.js';
import { namesFrom } from '../parse-options.js';

interface ReportOptions {
  readonly format: readonly Format[];
  readonly out?: string;
  readonly full?: true;
}

export function addReport(program: Command, invocation: Invocation): void {
  program
    .command('report <report.json|gate.json...>')
    .description('draw saved reports and gates again; measures nothing')
    .option(
      '--format <list>',
      FORMATS.join(', '),
      (text) => namesFrom(text, FORMATS, 'format', `--format takes ${FORMATS.join(', ')}`),
      ['terminal'] as Format[],
    )
    .option('--out <directory>', 'where the files go (default: beside each report)')
    .option('--full', 'on the terminal: every table and deviation, not only a summary of 45 lines')
    .addHelpText(
      'after',
      '\nThe format benchmark-action needs a gate.json.\n\nExamples: ipcbench report ' +
        'ipcbench-report/report.json --format html,png\n          ipcbench report ipcbench-gate/gate.json ' +
        '--format html,benchfmt',
    )
    .action(async (paths: string[], options: ReportOptions) => {
      if (options.out !== undefined && options.format.every((format) => format === 'terminal'))
        throw new UserError(
          `--out ${options.out} is a directory for files, but the format terminal writes none. Add another ` +
            'format, like --format html, or leave --out out.',
        );
      // All are read before anything is written: the third of three may be the broken one.
      const saved = paths.map(readSaved);
      refuseFormats(saved, options.format);
      refuseSameNames(saved, options.format, options.out);
      for (const one of saved)
        await drawSaved(
          one,
          options.format,
          { out: options.out, detail: options.full === true ? 'full' : 'summary' },
          invocation,
        );
    });
}
