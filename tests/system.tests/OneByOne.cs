namespace OrderInventory.System.Tests;

/// <summary>
/// Each of these tests keeps the whole product busy, or builds it; two at once on two cores would measure each other. The others
/// run before them, two at a time.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneByOne
{
    public const string Name = "one by one";
}
