import { runService } from '@midstream/runtime';
import { inventoryService } from './service';

void runService(inventoryService);
