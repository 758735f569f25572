import { runService } from '@midstream/runtime';
import { selectionService } from './service';

void runService(selectionService);
