import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ConflictError, NotFoundError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import { NotificationStore } from '#shared/store/notification-store.js';
import { SETTINGS } from '../config.js';
import { inputPipe } from '../http/input-pipe.js';
import {
  notificationIdSchema,
  notificationListSchema,
  targetOf,
  testSchema,
} from './notification-requests.js';
import type { NotificationId, NotificationListQuery, TestBody } from './notification-requests.js';
import type { NotificationSettings } from './notification-settings.js';
import { notificationListView, testView, toNotificationListView } from './notification-views.js';
import type { NotificationListView, TestView } from './notification-views.js';
import { Courier } from './sending/courier.js';
import { Delivery } from './sending/delivery.js';
import { DeliveryError } from './sending/delivery-error.js';

/** Somebody waits for the answer: as long as a receiver may take, and no longer than this. */
const TEST_TIMEOUT_MS = 60_000;

@ApiTags('notifications')
@Controller('api/v1/notifications')
export class NotificationsController {
  constructor(
    @Inject(SETTINGS) private readonly settings: NotificationSettings,
    private readonly store: NotificationStore,
    private readonly courier: Courier,
    private readonly delivery: Delivery,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Notifications, the newest first: what was said to whom, and what could not be.',
    description: 'Those of a run are removed with it.',
  })
  @ApiOkResponse({ standardSchema: notificationListView })
  async list(
    @Query({ schema: notificationListSchema, pipes: [inputPipe] }) query: NotificationListQuery,
  ): Promise<NotificationListView> {
    const { limit, after, ...filter } = query;
    return toNotificationListView(await this.store.list({ limit, after }, filter));
  }

  @Post('test')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sends a try to a receiver, at once and only once, and says what became of it.',
    description: 'A webhook gets a body of the type "test".',
  })
  @ApiOkResponse({ standardSchema: testView })
  @ApiBadRequestResponse({ description: 'The receiver is not one.' })
  async test(@Body({ schema: testSchema, pipes: [inputPipe] }) body: TestBody): Promise<TestView> {
    const begin = performance.now();
    const error = await this.errorOf(body);
    return { delivered: error === null, error, durationMs: Math.round(performance.now() - begin) };
  }

  @Post(':id/retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Tries a notification again that was given up.' })
  @ApiAcceptedResponse({ description: 'It waits for its next try.' })
  @ApiNotFoundResponse({ description: 'There is no such notification.' })
  @ApiConflictResponse({ description: 'It was sent, or is still being tried.' })
  async retry(
    @Param({ schema: notificationIdSchema, pipes: [inputPipe] }) { id }: NotificationId,
  ): Promise<void> {
    if (await this.store.retry(id, this.settings.notificationGiveUpSeconds)) return this.courier.wake();
    const found = await this.store.find(id);
    if (!found) throw new NotFoundError('notification', id);
    throw new ConflictError(
      found.state === 'sent' ? 'The notification was sent.' : 'The notification is still being tried.',
    );
  }

  private async errorOf(body: TestBody): Promise<string | null> {
    try {
      await this.delivery.deliverTest(newId(), targetOf(body), AbortSignal.timeout(TEST_TIMEOUT_MS));
      return null;
    } catch (error) {
      if (error instanceof DeliveryError) return error.message;
      throw error;
    }
  }
}
