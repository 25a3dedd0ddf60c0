/// <summary>For the Editor only: it is in a folder of that name.</summary>
public static class GameReport
{
    public static string Title => "A game as of now: " + Game.Play();
}
