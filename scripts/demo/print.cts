import type { JobFacts } from './job-facts.cjs';

/** What one step gave. */
export interface StepResult {
	result: string;
	/** Default: as long as the step took. */
	seconds?: number;
	/** About the job behind the result. */
	facts?: JobFacts;
}

/** One line of the table. */
export interface Row extends StepResult {
	name: string;
	seconds: number;
	passed: boolean;
}

const started = Date.now();

/** Prints a line with the time since the start. */
export function report(line: string): void {
	const seconds = Math.round((Date.now() - started) / 1000);
	console.log(`[${String(seconds).padStart(3)} s] ${line}`);
}

/** Prints the results as a table. */
export function printTable(rows: Row[]): void {
	const nameWidth = Math.max(...rows.map(({ name }) => name.length));
	const line = (mark: string, name: string, seconds: string, result: string) =>
		console.log(`  ${mark.padEnd(6)} ${name.padEnd(nameWidth)}  ${seconds.padStart(7)}  ${result}`);
	console.log('');
	line('', 'Workflow', 'Time', 'Result');
	line('------', '-'.repeat(nameWidth), '-------', '-'.repeat(40));
	for (const { name, result, seconds, passed, facts } of rows) {
		const mark = facts?.emulated ? 'EMULATED ' : '';
		line(passed ? 'ok' : 'FAILED', name, `${seconds.toFixed(1)} s`, `${mark}${result}`);
		for (const note of facts?.notes ?? []) line('', '', '', `  note: ${note}`);
	}
	console.log('');
}

/** Prints the number of passed and failed rows. */
export function printSummary(rows: Row[]): void {
	const failed = rows.filter(({ passed }) => !passed).length;
	console.log(`${rows.length - failed} passed, ${failed} failed`);
}

/** Runs one step and makes a row of its result or error. */
export async function checked(name: string, work: () => Promise<StepResult>): Promise<Row> {
	const before = Date.now();
	const elapsed = () => (Date.now() - before) / 1000;
	try {
		const { seconds = elapsed(), ...done } = await work();
		return { name, seconds, ...done, passed: true };
	} catch (error) {
		const result = error instanceof Error ? error.message : String(error);
		return { name, result, seconds: elapsed(), passed: false };
	}
}
