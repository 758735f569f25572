import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { asyncApi } from './asyncapi';

/** `npm run generate`: writes asyncapi.yaml anew. */
export const asyncApiYaml = (): string =>
  `# Generated from topics.ts by npm run generate; do not edit.\n${stringify(asyncApi(), { aliasDuplicateObjects: false, lineWidth: 160 })}`;

if (require.main === module) writeFileSync(join(__dirname, 'asyncapi.yaml'), asyncApiYaml());
