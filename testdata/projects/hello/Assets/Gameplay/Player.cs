using Hello.Core;

namespace Hello.Gameplay
{
    /// <summary>Walks about and picks things up.</summary>
    public sealed class Player
    {
        const int Strength = 20;

        public Inventory Inventory { get; } = new Inventory(Strength);
        public int Steps { get; private set; }

        /// <summary>A loaded player needs more steps for the same way.</summary>
        public void Walk(int distance)
        {
            Steps += distance + distance * Inventory.Load / Strength;
        }

        public bool PickUp(Item item)
        {
            return Inventory.TryAdd(item);
        }
    }
}
