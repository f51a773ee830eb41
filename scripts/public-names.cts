/**
 * Adds new public names to docs/public-names.json: part of `npm run docs`. Public are the names that saved workflows and
 * expressions hold: node types, operations, parameters, their fixed values, and output fields. It never removes one: a
 * name that is no longer there has to be taken out by hand, which is a breaking change.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { publicNames } from '../test/support/public-names.cjs';

const file = path.resolve(__dirname, '../docs/public-names.json');
const known = JSON.parse(readFileSync(file, 'utf8')) as string[];
const names = [...new Set([...known, ...publicNames()])].sort();
writeFileSync(file, `${JSON.stringify(names, null, '\t')}\n`);
