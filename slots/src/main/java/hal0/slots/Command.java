package hal0.slots;

import java.util.concurrent.CompletableFuture;

/**
 * A command on its way.
 *
 * @param accepted ends with the slot as it then is, once the slot has taken the command; or with
 *     the {@link SlotException} that refused it
 * @param done ends with the slot when the command has ended; or with the {@link SlotException} that
 *     ended it. The slot owns what was begun: nobody needs to wait, and cancelling this stops
 *     nothing.
 */
public record Command(CompletableFuture<SlotView> accepted, CompletableFuture<SlotView> done) {}
