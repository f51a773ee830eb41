import { expectEqual, type Checks } from '../checks.cjs';

type Section<T> = (instance: T, checks: Checks) => Promise<void>;

/**
 * Sections of the emulator that run on the gateway too, under names of their own, without the checks that are left to
 * the emulator.
 * @param left for each section the names of those checks, by reason
 */
export function onGateway<T, Name extends string>(
	sections: Readonly<Record<Name, Section<T>>>,
	left: Readonly<Record<Name, Readonly<Record<string, readonly string[]>>>>,
): Record<string, Section<T>> {
	const names = Object.keys(sections) as Name[];
	return Object.fromEntries(
		names.map((name) => [`gateway-${name}`, without(left[name], sections[name])]),
	);
}

function without<T>(
	left: Readonly<Record<string, readonly string[]>>,
	section: Section<T>,
): Section<T> {
	return async (instance, checks) => {
		const reasons = new Map(
			Object.entries(left).flatMap(([reason, names]) => names.map((name) => [name, reason])),
		);
		const unused = new Set(reasons.keys());
		await section(instance, {
			get passed() {
				return checks.passed;
			},
			get failed() {
				return checks.failed;
			},
			async check(name, work) {
				const reason = reasons.get(name);
				unused.delete(name);
				if (reason === undefined) await checks.check(name, work);
				else console.log(`left   ${name}: ${reason}`);
			},
		});
		await checks.check('what is left to the emulator is there', async () => {
			expectEqual('names that no check has', await Promise.resolve([...unused]), []);
		});
	};
}
