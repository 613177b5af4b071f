import { writeFileSync } from 'node:fs';
import { packageFile } from '../package-file.js';
import { publishedSchemas } from './published-schemas.js';

// Run after a change of report-schema.ts or gate-schema.ts: `node dist/reports/schema/write-json-schema.js`, then
// `npm run format`. A test says when it was forgotten.
for (const [name, write] of Object.entries(publishedSchemas))
  writeFileSync(packageFile(`reports/schema/${name}`), write());
