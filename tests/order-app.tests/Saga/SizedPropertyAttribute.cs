using FsCheck.Xunit;
using OrderInventory.Testing;

namespace OrderApp.Tests.Saga;

/// <summary>A property that is tried more often at full size.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SizedPropertyAttribute : PropertyAttribute
{
    public SizedPropertyAttribute(int full, int small)
    {
        (Full, Small) = (full, small);
        MaxTest = FullSize.Or(full, small);
    }

    public int Full { get; }

    public int Small { get; }
}
