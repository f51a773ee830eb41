import { MonsterApiTrigger } from '../../nodes/MonsterApiTrigger/MonsterApiTrigger.node';

const { triggerPanel, properties } = new MonsterApiTrigger().description;
const states = ['inactive', 'active'] as const;
const textsOf = (texts: unknown): Record<string, unknown> =>
	typeof texts === 'object' && texts !== null ? { ...texts } : {};
const panel = typeof triggerPanel === 'object' ? triggerPanel : {};

test.each(states)('the panel of an %s workflow says how to test', (state) => {
	expect(textsOf(panel.activationHint)[state]).toContain('-test');
	const help = textsOf(panel.executionsHelp)[state];
	const field = properties.find(({ name }) => name === 'testWebhookName');
	expect(help).toContain(`copy <b>${field?.displayName}</b>`);
	expect(help).toContain('Options > Webhook Name');
});

test.each(states)('the panel of an %s workflow says what is wrong with localhost', (state) => {
	const help = textsOf(panel.executionsHelp)[state];
	expect(help).toMatch(/http:\/\/localhost.*N8N_WEBHOOK_URL/);
});

test('so does the form', () => {
	const notice = properties.find(({ type }) => type === 'notice');
	expect(notice?.displayName).toMatch(/http:\/\/localhost.*N8N_WEBHOOK_URL/);
});
