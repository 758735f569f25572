import { describeWithKafka } from '@midstream/testing/infrastructure';
import { sentences } from './suite/sentences';

describeWithKafka('the shell over Apache Kafka', () => sentences('kafka'));
