import { toJsonSchema } from '@valibot/to-json-schema';
import { reportSchema } from './report-schema.js';

/** The published JSON Schema, drawn from the valibot one. A development tool: nothing that ships imports this file. */
export function reportJsonSchema(): string {
  const { $schema, ...schema } = toJsonSchema(reportSchema, { ignoreActions: ['readonly'] });
  const published = {
    $schema,
    $id: 'urn:ipcbench:report:1',
    title: 'ipcbench report, version 1',
    description: 'Everything a run of ipcbench leaves behind. Durations are nanoseconds unless the name says otherwise, sizes bytes, rates per second.',
    ...schema,
  };
  return `${JSON.stringify(published, null, 2)}\n`;
}
