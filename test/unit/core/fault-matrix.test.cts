import { readFileSync } from 'node:fs';
import path from 'node:path';
import { violations, type Cell } from '../../support/matrix/cell.cjs';
import { allCells, faultMatrix } from '../../support/matrix/table.cjs';

describe('the fault matrix', () => {
	let cells: Cell[] = [];
	beforeAll(async () => {
		cells = await allCells();
	});

	test('has no cell without end, with a foreign error, a secret or a second bill', () => {
		expect(cells.flatMap(violations)).toEqual([]);
	});

	test('equals docs/fault-matrix.md (npm run docs)', () => {
		const document = path.resolve(__dirname, '../../../docs/fault-matrix.md');
		expect(readFileSync(document, 'utf8')).toBe(faultMatrix(cells));
	});
});
