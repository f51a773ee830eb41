import { fork, type ChildProcess } from 'node:child_process';

type Message<Report> = { readonly report: Report } | { readonly failure: string };

/** A module of this project in a process of its own, so that nothing else counts as its work. */
export class OwnProcess<Report> {
	private constructor(
		/** What the module reported. */
		readonly report: Report,
		private readonly child: ChildProcess,
	) {}

	/**
	 * Starts `file`, which calls `reportBack`, and waits for its report.
	 * @throws what the module threw
	 */
	static async start<Report>(file: string, order: unknown): Promise<OwnProcess<Report>> {
		const child = fork(file, [], { execArgv: ['--require', 'tsx/cjs', '--expose-gc'] });
		child.send({ order });
		const message = await new Promise<Message<Report>>((resolve, reject) => {
			child.once('message', resolve);
			child.once('exit', (code) =>
				reject(new Error(`${file} ended with ${code}, without a report`)),
			);
		});
		if ('report' in message) return new OwnProcess(message.report, child);
		child.kill();
		throw new Error(message.failure);
	}

	end(): void {
		this.child.removeAllListeners('exit');
		this.child.kill('SIGKILL');
	}
}

/** Runs a module to its report. */
export async function inOwnProcess<Report>(file: string, order: unknown): Promise<Report> {
	const own = await OwnProcess.start<Report>(file, order);
	own.end();
	return own.report;
}

/** The other side: does what is ordered, once, and reports. The process ends with the one that started it. */
export function reportBack<Order, Report>(work: (order: Order) => Promise<Report>): void {
	process.once('disconnect', () => process.exit());
	process.once('message', ({ order }: { order: Order }) => {
		work(order).then(
			(report) => process.send?.({ report }),
			(error: unknown) =>
				process.send?.({ failure: error instanceof Error ? (error.stack ?? '') : String(error) }),
		);
	});
}
