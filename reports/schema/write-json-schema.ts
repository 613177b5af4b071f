import { writeFileSync } from 'node:fs';
import { packageFile } from '../package-file.js';
import { reportJsonSchema } from './report-json-schema.js';

// Run after a change of report-schema.ts: `node dist/reports/schema/write-json-schema.js`. A test says when it was forgotten.
writeFileSync(packageFile('reports/schema/report.schema.json'), reportJsonSchema());
