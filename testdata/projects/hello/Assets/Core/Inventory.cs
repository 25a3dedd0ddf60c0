using System.Collections.Generic;
using System.Linq;

namespace Hello.Core
{
    /// <summary>Counts items, and takes no more than can be carried.</summary>
    public sealed class Inventory
    {
        readonly Dictionary<string, int> counts = new Dictionary<string, int>();

        public int Capacity { get; }
        public int Load { get; private set; }

        public Inventory(int capacity)
        {
            Capacity = capacity;
        }

        public IEnumerable<string> Names => counts.Keys.OrderBy(name => name);

        public bool TryAdd(Item item)
        {
            if (Load + item.Weight > Capacity)
                return false;
            counts[item.Name] = CountOf(item.Name) + 1;
            Load += item.Weight;
            return true;
        }

        public int CountOf(string name)
        {
            int count;
            return counts.TryGetValue(name, out count) ? count : 0;
        }
    }
}
