/** Writes docs/fault-matrix.md: `npm run docs`. The unit test of the matrix compares. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { allCells, faultMatrix } from '../test/support/matrix/table.cjs';

async function main(): Promise<void> {
	writeFileSync(path.resolve(__dirname, '../docs/fault-matrix.md'), faultMatrix(await allCells()));
}

void main();
