namespace OrderInventory.Tests;

/// <summary>Real time that says it is another one.</summary>
internal sealed class ShiftedTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
