namespace OrderInventory.System.Tests;

/// <summary>
/// Each of these tests keeps the whole product busy, or builds it; two at once on two cores would measure each other. A class
/// of tests that mostly wait is in no collection: those run first, side by side.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneByOne
{
    public const string Name = "one by one";
}
