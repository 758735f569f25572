import { describe } from 'node:test';
import { crashSentences } from './suite/crash';

describe('crashes over the embedded bus', () => crashSentences('embedded', 2));
