using Hello.Core;
using Hello.Gameplay;
using Hello.UI;

/// <summary>Belongs to no assembly definition, so it sees them all.</summary>
public static class Game
{
    public static string Play()
    {
        var player = new Player();
        player.Walk(3);
        player.PickUp(new Item("lantern", 4));
        player.PickUp(new Item("rope", 6));
        player.Walk(10);
        return StatusText.Of(player);
    }
}
