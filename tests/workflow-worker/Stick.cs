namespace OrderInventory.WorkflowWorker;

/// <summary>Markers in the working folder by which a test makes the process stick at a place, to kill it there.</summary>
internal static class Stick
{
    /// <summary>Takes the marker of a place, if there is one, and says by <c>stuck-{place}</c> that this process sticks there.</summary>
    public static bool Here(string place)
    {
        if (!File.Exists($"stick-{place}")) return false;
        File.Move($"stick-{place}", $"stuck-{place}");
        return true;
    }
}
