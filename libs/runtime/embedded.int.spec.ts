import { describe } from 'node:test';
import { sentences } from './suite/sentences';

describe('the shell over the embedded bus', () => sentences('embedded'));
