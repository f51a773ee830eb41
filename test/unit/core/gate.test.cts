import { createGate } from '../../../nodes/core/http/gate';
import { CancelledError } from '../../../nodes/core/host';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const never = new AbortController().signal;
const idle = () => virtualHost(() => json(200, {}));

test('an open gate lets pass at once, without a timer', async () => {
	const host = idle();
	const gate = createGate(host);
	await Promise.all(Array.from({ length: 100 }, async () => await gate.pass(never)));
	expect(host.pending()).toBe(0);
	expect(host.now()).toBe(0);
});

test('after a 429 all wait as long as was asked, one timer watches, and nobody overtakes', async () => {
	const host = idle();
	const gate = createGate(host);
	const passed: string[] = [];
	const pass = async (name: string) => {
		await gate.pass(never);
		passed.push(`${name} ${host.now() >= 5_000 ? 'then' : 'too early'}`);
	};
	for (let sent = 0; sent < 20; sent++) await gate.pass(never);
	gate.close(host.now(), 5_000);
	// Comes at the very moment at which the gate opens: before those in line have heard of it.
	host.at(5_000, () => waiting.push(pass('d')));
	const waiting = ['a', 'b', 'c'].map(pass);
	await host.run(Promise.all(waiting));
	await host.run(Promise.all(waiting));
	expect(passed).toEqual(['a then', 'b then', 'c then', 'd then']);
	expect(host.pending()).toBe(0);
});

test('who is stopped does not pass, whether it waits or the gate is open', async () => {
	const host = idle();
	const gate = createGate(host);
	const stop = new AbortController();
	gate.close(0, 5_000);
	const first = gate.pass(stop.signal).catch((error: unknown) => error);
	const second = gate.pass(never);
	host.at(1_000, () => stop.abort());
	await expect(host.run(first)).resolves.toBeInstanceOf(CancelledError);
	expect(host.now()).toBe(1_000);
	await host.run(second);
	expect(host.now()).toBeGreaterThanOrEqual(5_000);
	await expect(createGate(host).pass(stop.signal)).rejects.toBeInstanceOf(CancelledError);
});

test('who could leave only too late is sent away as soon as that is known, and takes nobody’s turn', async () => {
	const host = idle();
	const gate = createGate(host);
	await gate.pass(never);
	gate.close(host.now(), 5_000);
	const waiting = [gate.pass(never, 60_000), gate.pass(never, 4_999), gate.pass(never, 5_500)];
	await expect(waiting[1]).resolves.toBe(false);
	expect(host.now()).toBe(0);
	await expect(host.run(Promise.all(waiting))).resolves.toEqual([true, false, false]);
	expect(host.now()).toBe(5_000);
	// Nobody has to wait: then lateness is no reason.
	await expect(createGate(host).pass(never, 0)).resolves.toBe(true);
});
