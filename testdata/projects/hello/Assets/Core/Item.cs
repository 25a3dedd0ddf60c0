using System;

namespace Hello.Core
{
    /// <summary>A kind of thing that can be carried.</summary>
    public sealed class Item
    {
        public string Name { get; }
        public int Weight { get; }

        public Item(string name, int weight)
        {
            if (string.IsNullOrEmpty(name))
                throw new ArgumentException("An item needs a name.", nameof(name));
            if (weight < 0)
                throw new ArgumentOutOfRangeException(nameof(weight));
            Name = name;
            Weight = weight;
        }
    }
}
