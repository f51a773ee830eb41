import { readExamples } from '../support/n8n/workflow-files.cjs';

test('every trigger of the examples has a webhook ID: without one n8n’s import serves no URL', () => {
	const triggers = readExamples()
		.flatMap(({ workflow }) => workflow.nodes)
		.filter(({ type }) => type === 'n8n-nodes-monsterapi.monsterApiTrigger');
	expect(triggers).toHaveLength(2);
	for (const trigger of triggers) {
		expect(trigger).toMatchObject({ webhookId: expect.stringMatching(/^[\da-f-]{36}$/) });
	}
});
