import type { TriggerPanelDefinition } from 'n8n-workflow';

const testing =
	'<b>To test</b>, copy <b>Name While Testing</b> from this node (it ends with <code>-test</code>), click <b>Execute step</b> here, and run the MonsterAPI node with that name in <b>Options > Webhook Name</b>. n8n listens for two minutes; the execution shows up in this editor.';
const reachable =
	'<br /><br /><b>No call comes in?</b> MonsterAPI must be able to reach the webhook URL. One that begins with <code>http://localhost</code> works only with a gateway on the same machine: set N8N_WEBHOOK_URL (in n8n 1 WEBHOOK_URL) to n8n’s public address.';

/** What the editor shows in place of the trigger's input. */
export const triggerPanel: TriggerPanelDefinition = {
	header: 'Start when a MonsterAPI job ends',
	executionsHelp: {
		inactive: `${testing}<br /><br /><b>To run automatically</b>, publish the workflow and use <b>Webhook Name</b>, without <code>-test</code>. These executions show up in the <a data-key="executions">executions list</a>, but not in the editor.${reachable}`,
		active: `${testing}<br /><br /><b>The workflow also runs automatically</b>, since it is published: for jobs with <b>Webhook Name</b>, without <code>-test</code>. These executions show up in the <a data-key="executions">executions list</a>, but not in the editor.${reachable}`,
	},
	activationHint: {
		inactive:
			'For the test, jobs need the webhook name that ends with <b>-test</b>. Once the workflow is published, jobs with the name itself start it.',
		active:
			'For the test, jobs need the webhook name that ends with <b>-test</b>. Jobs with the name itself start the published workflow.',
	},
};
