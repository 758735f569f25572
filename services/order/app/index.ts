export { orderService } from './service';
