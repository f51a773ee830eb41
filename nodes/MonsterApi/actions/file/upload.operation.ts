import { uploadFile } from '../../../core/files/upload';
import { openItemFile } from '../run/inputFile';
import type { Operation } from '../operation';
import { optionsField } from '../form/optionFields';
import { readText } from '../run/parameters';

export const upload: Operation = {
	name: 'Upload',
	action: 'Upload a file',
	description: 'Put a file where MonsterAPI’s models can read it for 30 minutes',
	fields: [
		{
			displayName: 'Input Data Field Name',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			placeholder: 'e.g. data',
			description: 'The name of the input field that holds the file',
		},
		optionsField('fileName', 'maxConcurrency'),
	],
	async execute(context) {
		const { client, parameters } = context;
		const source = await openItemFile(
			context,
			'Let it give the file’s web address to the model itself: File Source > URL of the operation that needs the file.',
		);
		const fileName = readText(parameters.record('options', 'Options')['fileName']).trim();
		const file = await uploadFile(client, {
			...source,
			name: fileName === '' ? source.name : fileName,
		});
		return {
			json: {
				download_url: file.downloadUrl,
				filename: file.name,
				size: file.size,
				mime_type: file.mimeType,
				expires_at: new Date(file.expiresAt).toISOString(),
			},
		};
	},
};
