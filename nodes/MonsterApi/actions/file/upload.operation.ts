import { uploadFile } from '../../../core/files/upload';
import { openItemFile } from '../run/inputFile';
import type { Operation } from '../operation';
import { binaryField } from '../form/fileFields';
import { optionsField } from '../form/optionFields';
import { requireText } from '../form/parameters';

export const upload: Operation = {
	name: 'Upload',
	action: 'Upload file',
	description: 'Upload a file for MonsterAPI’s models, which can read it for 30 minutes',
	fields: [binaryField('file'), optionsField('fileName', 'includeInputFields', 'maxConcurrency')],
	async execute(context) {
		const { client, parameters } = context;
		const source = await openItemFile(
			context,
			"Let it pass the URL of the file to the operation that needs it, with 'File Source' set to URL.",
		);
		const options = parameters.collection('options', 'Options');
		const fileName = requireText(options['fileName'], 'File Name').trim();
		const file = await uploadFile(client, {
			...source,
			name: fileName === '' ? source.name : fileName,
		});
		context.note(`The upload link is valid until ${context.timeOfDay(file.expiresAt)}`);
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
