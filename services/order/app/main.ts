import { runService } from '@midstream/runtime';
import { orderService } from './service';

void runService(orderService);
