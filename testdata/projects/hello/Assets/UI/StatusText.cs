using System.Linq;
using Hello.Core;
using Hello.Gameplay;

namespace Hello.UI
{
    /// <summary>What the player is shown.</summary>
    public static class StatusText
    {
        public static string Of(Player player)
        {
            return string.Format("{0} steps, {1}", player.Steps, Of(player.Inventory));
        }

        public static string Of(Inventory inventory)
        {
            var items = inventory.Names.Select(name => inventory.CountOf(name) + " " + name);
            return string.Format("carrying {0} ({1} of {2})", string.Join(", ", items.ToArray()),
                inventory.Load, inventory.Capacity);
        }
    }
}
