package hal0.slots.room;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * How a slot gets the room that it needs. Pure.
 *
 * @param slot who wants it
 * @param fits whether there is room, once those in {@code unload} are gone
 * @param unload who gives way: as few as possible, of these the least recently used
 * @param budget what there is
 * @param used what is taken now
 * @param needs what the slot takes
 * @param kept those that hold something and are not asked to give way, each with the reason
 */
public record RoomPlan(
    String slot,
    boolean fits,
    List<String> unload,
    Budget budget,
    Budget used,
    Budget needs,
    List<Kept> kept) {
  /** More sets of slots than this are not compared: then some that are good enough are taken. */
  private static final int MOST_TRIES = 50_000;

  /** A slot that stays. */
  public record Kept(String slot, Budget holds, String why) {}

  /**
   * Plans.
   *
   * @param wants who wants room
   * @param all every slot
   * @param leased those that were promised room for a load: they hold it and stay
   */
  public static RoomPlan of(
      Budget budget, Tenant wants, Collection<Tenant> all, Set<String> leased) {
    Budget used = Budget.NOTHING;
    List<Tenant> candidates = new ArrayList<>();
    List<Kept> kept = new ArrayList<>();
    for (Tenant one : all) {
      boolean own = one.name().equals(wants.name());
      boolean promised = leased.contains(one.name());
      if (own || one.needs().isNothing() || !one.holds() && !promised) {
        continue;
      }
      used = used.plus(one.needs());
      String why = promised ? "loading" : one.keeps();
      if (why.isEmpty()) {
        candidates.add(one);
      } else {
        kept.add(new Kept(one.name(), one.needs(), why));
      }
    }
    candidates.sort((a, b) -> Long.signum(a.lastUse() - b.lastUse()));
    Budget lack = budget.lack(used, wants.needs());
    List<Tenant> go = lack.isNothing() ? List.of() : new Choice(candidates, lack).make();
    return new RoomPlan(
        wants.name(),
        lack.isNothing() || !go.isEmpty(),
        go.stream().map(Tenant::name).toList(),
        budget,
        used,
        wants.needs(),
        List.copyOf(kept));
  }

  /** Chooses who goes. */
  private static final class Choice {
    private final List<Tenant> candidates;
    private final Budget lack;
    private int tries;

    Choice(List<Tenant> candidates, Budget lack) {
      this.candidates = candidates;
      this.lack = lack;
    }

    /** Empty when all together are not enough. */
    List<Tenant> make() {
      if (!sum(candidates).covers(lack)) {
        return List.of();
      }
      for (int size = 1; size <= candidates.size() && tries < MOST_TRIES; size++) {
        List<Tenant> found = some(size, 0, new ArrayList<>());
        if (!found.isEmpty()) {
          return found;
        }
      }
      return largest();
    }

    /** The first set of that size that is enough, in the order of use. */
    private List<Tenant> some(int size, int from, List<Tenant> chosen) {
      if (chosen.size() == size) {
        tries++;
        return sum(chosen).covers(lack) ? List.copyOf(chosen) : List.of();
      }
      for (int i = from; i <= candidates.size() - (size - chosen.size()); i++) {
        if (tries >= MOST_TRIES) {
          return List.of();
        }
        chosen.add(candidates.get(i));
        List<Tenant> found = some(size, i + 1, chosen);
        chosen.removeLast();
        if (!found.isEmpty()) {
          return found;
        }
      }
      return List.of();
    }

    /** The largest ones, until it is enough. */
    private List<Tenant> largest() {
      List<Tenant> bySize = new ArrayList<>(candidates);
      bySize.sort(Comparator.comparingDouble(this::share).reversed());
      List<Tenant> chosen = new ArrayList<>();
      for (Tenant one : bySize) {
        if (sum(chosen).covers(lack)) {
          break;
        }
        chosen.add(one);
      }
      return chosen;
    }

    private double share(Tenant one) {
      double memory = lack.memory() == 0 ? 0 : (double) one.needs().memory() / lack.memory();
      double vram = lack.vram() == 0 ? 0 : (double) one.needs().vram() / lack.vram();
      return Math.min(1, memory) + Math.min(1, vram);
    }

    private static Budget sum(List<Tenant> tenants) {
      return tenants.stream().map(Tenant::needs).reduce(Budget.NOTHING, Budget::plus);
    }
  }
}
